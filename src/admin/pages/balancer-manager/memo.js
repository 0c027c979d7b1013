// A component that is drawn again only when one of its properties is another object than before.
import { Component } from 'preact'

export function memo(draw) {
  return class extends Component {
    shouldComponentUpdate(next) {
      const names = new Set([...Object.keys(next), ...Object.keys(this.props)])
      return [...names].some((name) => next[name] !== this.props[name])
    }
    render(props) {
      return draw(props)
    }
  }
}
